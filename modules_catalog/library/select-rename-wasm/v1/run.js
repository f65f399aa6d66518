// Keeps, drops and renames columns of rows. A value keeps the very text it came with.

export function run(call) {
  const { inputs, config: settings } = members(call);
  const config = members(settings ?? "{}");
  const chosen = {
    keep: JSON.parse(config.keep ?? "[]"),
    drop: new Set(JSON.parse(config.drop ?? "[]")),
    rename: new Map(entries(config.rename ?? "{}").map(([name, text]) => [name, JSON.parse(text)])),
    missing: JSON.parse(config.missing ?? '"error"'),
  };
  const rows = parts(members(inputs).rows).map((row, at) => changed(new Map(entries(row)), at, chosen));
  return `{"rows":[${rows.join()}]}`;
}

function changed(row, at, { keep, drop, rename, missing }) {
  const wanted = keep.length > 0 ? keep : new Set([...row.keys(), ...rename.keys()]);
  const result = new Map();
  for (const name of wanted) {
    if (drop.has(name)) continue;
    if (!row.has(name)) {
      if (missing === "error") fail("unknown_column", `row ${at} has no column ${name}`, { column: name, row: at });
      if (missing === "skip") continue;
    }
    const column = rename.get(name) ?? name;
    if (result.has(column)) fail("name_clash", `two columns would be called ${column}`, { column });
    result.set(column, row.get(name) ?? "null");
  }
  return `{${Array.from(result, ([name, text]) => `${JSON.stringify(name)}:${text}`).join()}}`;
}

function fail(name, message, data) {
  throw JSON.stringify({ name, message, data });
}

// JSON as it is written: the host has checked it, so the ends of values are all there is to find.

function members(object) {
  return Object.fromEntries(entries(object));
}

function entries(object) {
  return parts(object).map((part) => {
    const end = endOfText(part, 0);
    return [JSON.parse(part.slice(0, end)), part.slice(part.indexOf(":", end) + 1).trim()];
  });
}

// What stands between the commas of a list or an object.
function parts(text) {
  const found = [];
  let depth = 0;
  let from = 1;
  for (let at = 1; at < text.length - 1; at++) {
    const sign = text[at];
    if (sign === '"') at = endOfText(text, at) - 1;
    else if (sign === "[" || sign === "{") depth++;
    else if (sign === "]" || sign === "}") depth--;
    else if (sign === "," && depth === 0) {
      found.push(text.slice(from, at));
      from = at + 1;
    }
  }
  const last = text.slice(from, -1);
  if (found.length > 0 || last.trim() !== "") found.push(last);
  return found.map((part) => part.trim());
}

function endOfText(text, at) {
  do at += text[at] === "\\" ? 2 : 1;
  while (text[at] !== '"');
  return at + 1;
}
