import { Slice, Writer, fail, ok } from "lamina";
import { member, quoted, text } from "lamina/json";

export { cabi_realloc } from "lamina";

export function run(at: usize, size: usize): usize {
  const call = new Slice(at, at + size);
  const whole = text(member(member(call, "inputs")!, "text")!);
  if (whole.length == 0) return fail('{"name":"no_text","message":"the text is empty"}');
  const lines = whole.split("\n");
  let longest = 0;
  for (let number = 1; number < lines.length; number++) {
    if (lines[number].length > lines[longest].length) longest = number;
  }
  const answer = new Writer(64);
  answer.text('{"line":' + quoted(lines[longest]) + ',"number":' + (longest + 1).toString() + "}");
  return ok(answer.written());
}
