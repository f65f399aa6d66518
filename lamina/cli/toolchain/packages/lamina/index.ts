/**
 * The seam between the host and a module in AssemblyScript: `run(input: string) -> result<string, string>` in the
 * canonical ABI. Memory is never given back: the host drops all of it after each call.
 */

/** A stretch of UTF-8 text in memory. */
export class Slice {
  constructor(
    public at: usize,
    public end: usize,
  ) {}

  get size(): usize {
    return this.end - this.at;
  }

  toString(): string {
    return String.UTF8.decodeUnsafe(this.at, this.size);
  }

  is(text: string): bool {
    const data = String.UTF8.encode(text);
    return usize(data.byteLength) == this.size && memory.compare(changetype<usize>(data), this.at, this.size) == 0;
  }
}

/** Where the host puts the input; a module exports it again. */
export function cabi_realloc(old: usize, oldSize: usize, align: usize, size: usize): usize {
  const at = heap.alloc(size);
  if (old) memory.copy(at, old, oldSize);
  return at;
}

/** The answer of a call that succeeded: the outputs by port, as JSON. */
export function ok(outputs: Slice): usize {
  return result(0, outputs);
}

/** The answer of a call that failed: {name, message, data}, as JSON. */
export function fail(error: string): usize {
  const data = String.UTF8.encode(error);
  const at = changetype<usize>(data);
  return result(1, new Slice(at, at + data.byteLength));
}

function result(tag: u8, text: Slice): usize {
  const at = heap.alloc(12);
  store<u8>(at, tag);
  store<usize>(at, text.at, 4);
  store<usize>(at, text.size, 8);
  return at;
}

/** Text put together piece by piece. */
export class Writer {
  private at: usize;
  private used: usize = 0;

  constructor(private room: usize) {
    this.at = heap.alloc(room);
  }

  slice(piece: Slice): void {
    this.bytes(piece.at, piece.size);
  }

  text(piece: string): void {
    const data = String.UTF8.encode(piece);
    this.bytes(changetype<usize>(data), data.byteLength);
  }

  private bytes(from: usize, size: usize): void {
    if (this.used + size > this.room) this.grow(this.used + size);
    memory.copy(this.at + this.used, from, size);
    this.used += size;
  }

  private grow(wanted: usize): void {
    const room = max(wanted, this.room * 2);
    const at = heap.alloc(room);
    memory.copy(at, this.at, this.used);
    this.at = at;
    this.room = room;
  }

  written(): Slice {
    return new Slice(this.at, this.at + this.used);
  }
}
