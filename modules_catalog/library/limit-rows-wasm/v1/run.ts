// Takes some rows from a list and leaves the others. A row keeps the very bytes it came with.
import { Slice, Writer, ok } from "lamina";
import { count, items, member } from "lamina/json";

export { cabi_realloc } from "lamina";

export function run(at: usize, size: usize): usize {
  const call = new Slice(at, at + size);
  const config = member(call, "config")!;
  const list = member(member(call, "inputs")!, "rows")!;
  const rows = items(list);
  const wanted = setting(config, "count", 100);
  const every = setting(config, "every", 1);
  const answer = new Writer(list.size + 64);
  answer.text('{"rows":[');
  let taken: i64 = 0;
  for (let row = setting(config, "skip", 0); row < rows.length && taken < wanted; row += every) {
    if (taken++ > 0) answer.text(",");
    answer.slice(rows[i32(row)]);
  }
  answer.text('],"total":' + rows.length.toString() + "}");
  return ok(answer.written());
}

function setting(config: Slice, name: string, otherwise: i64): i64 {
  const found = member(config, name);
  return found === null ? otherwise : count(found);
}
