import { ActionIcon } from "@mantine/core";
import { IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import { useState } from "react";
import { pageOfTable } from "@/domain/values";
import { Loading } from "./Message";
import { useFetched } from "./useFetched";
import { ValueTable } from "./ValueTable";

const PAGE = 100;

/** A table of any size, a page at a time, as the server reads it. */
export function TablePages({ address }: { readonly address: string }) {
  const [offset, setOffset] = useState(0);
  const fetched = useFetched(`${address}/rows?offset=${offset}&first=${PAGE}`, async (answer) =>
    pageOfTable(await answer.json()),
  );
  if (fetched.kind === "loading") return <Loading rows={3} label="Reading the table" />;
  if (fetched.kind === "failed") return <p className="small muted">{fetched.message}</p>;
  const { columns, rows, total } = fetched.content;
  const last = offset + rows.length;
  return (
    <>
      <ValueTable
        rows={rows}
        columns={columns.map(({ name }) => name)}
        types={columns.map(({ type }) => type)}
        from={offset}
      />
      {total > rows.length && (
        <div className="row tight small muted">
          <ActionIcon
            aria-label="Earlier rows"
            disabled={offset === 0}
            onClick={() => setOffset(offset - PAGE)}
          >
            <IconChevronLeft size={14} />
          </ActionIcon>
          Rows {offset} to {last - 1} of {total}
          <ActionIcon
            aria-label="Later rows"
            disabled={last >= total}
            onClick={() => setOffset(offset + PAGE)}
          >
            <IconChevronRight size={14} />
          </ActionIcon>
        </div>
      )}
    </>
  );
}
