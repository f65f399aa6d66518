/**
 * JSON read without being taken apart: what a module only passes on keeps the bytes it came with.
 * The host has checked the text; it writes the names of ports and settings without escapes.
 */
import { Slice } from "./index";

const QUOTE: u8 = 0x22;
const COMMA: u8 = 0x2c;
const COLON: u8 = 0x3a;
const BACKSLASH: u8 = 0x5c;
const OPEN_LIST: u8 = 0x5b;
const CLOSE_LIST: u8 = 0x5d;
const OPEN_OBJECT: u8 = 0x7b;
const CLOSE_OBJECT: u8 = 0x7d;

/** The member of an object, or null. */
export function member(object: Slice, name: string): Slice | null {
  let at = afterSpace(object.at + 1);
  while (load<u8>(at) != CLOSE_OBJECT) {
    const keyEnd = endOfText(at);
    const key = new Slice(at + 1, keyEnd - 1);
    const valueAt = afterSpace(afterSpace(keyEnd) + 1);
    const valueEnd = endOfValue(valueAt);
    if (key.is(name)) return new Slice(valueAt, valueEnd);
    at = afterSpace(valueEnd);
    if (load<u8>(at) == COMMA) at = afterSpace(at + 1);
  }
  return null;
}

/** The items of a list. */
export function items(list: Slice): Slice[] {
  const found: Slice[] = [];
  let at = afterSpace(list.at + 1);
  while (load<u8>(at) != CLOSE_LIST) {
    const end = endOfValue(at);
    found.push(new Slice(at, end));
    at = afterSpace(end);
    if (load<u8>(at) == COMMA) at = afterSpace(at + 1);
  }
  return found;
}

/** A whole number of at least 0; one that no list is as long as is the largest. */
export function count(number: Slice): i64 {
  let value: i64 = 0;
  for (let at = number.at; at < number.end; at++) {
    const digit = load<u8>(at) - 0x30;
    if (load<u8>(at) == 0x2e) return value;
    if (digit > 9 || value > i64.MAX_VALUE / 16) return i64.MAX_VALUE / 4;
    value = value * 10 + digit;
  }
  return value;
}

function afterSpace(at: usize): usize {
  while (load<u8>(at) <= 0x20) at++;
  return at;
}

function endOfText(at: usize): usize {
  at++;
  while (load<u8>(at) != QUOTE) at += load<u8>(at) == BACKSLASH ? 2 : 1;
  return at + 1;
}

function endOfValue(at: usize): usize {
  let depth = 0;
  while (true) {
    const byte = load<u8>(at);
    if (byte == QUOTE) {
      at = endOfText(at);
    } else if (byte == OPEN_LIST || byte == OPEN_OBJECT) {
      depth++;
      at++;
      continue;
    } else if (byte == CLOSE_LIST || byte == CLOSE_OBJECT) {
      depth--;
      at++;
    } else if (byte == COMMA || byte == COLON || byte <= 0x20) {
      at++;
      continue;
    } else {
      at = endOfWord(at);
    }
    if (depth == 0) return at;
  }
}

/** The end of a number, true, false or null. */
function endOfWord(at: usize): usize {
  while (true) {
    const byte = load<u8>(at);
    if (byte <= 0x20 || byte == COMMA || byte == CLOSE_LIST || byte == CLOSE_OBJECT) return at;
    at++;
  }
}

/** What a JSON text says. */
export function text(value: Slice): string {
  const end = value.end - 1;
  let found = "";
  let from = value.at + 1;
  for (let at = from; at < end; at++) {
    if (load<u8>(at) != BACKSLASH) continue;
    found += new Slice(from, at).toString();
    const sign = load<u8>(at + 1);
    if (sign == 0x75) {
      found += String.fromCharCode(u16(U32.parseInt(new Slice(at + 2, at + 6).toString(), 16)));
      at += 5;
    } else {
      found += String.fromCharCode(escaped(sign));
      at += 1;
    }
    from = at + 1;
  }
  return found + new Slice(from, end).toString();
}

function escaped(sign: u8): i32 {
  if (sign == 0x6e) return 0x0a;
  if (sign == 0x74) return 0x09;
  if (sign == 0x72) return 0x0d;
  if (sign == 0x62) return 0x08;
  if (sign == 0x66) return 0x0c;
  return sign;
}

/** A text as JSON. */
export function quoted(plain: string): string {
  let written = '"';
  for (let at = 0; at < plain.length; at++) {
    const code = plain.charCodeAt(at);
    if (code == QUOTE || code == BACKSLASH) written += "\\" + plain.charAt(at);
    else if (code < 0x20) written += "\\u" + code.toString(16).padStart(4, "0");
    else written += plain.charAt(at);
  }
  return written + '"';
}
