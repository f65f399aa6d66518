"""How a guarded call is carried out: inline, in the process sandbox, as wasm, or over http."""
