"""The host's side of the process sandbox: zygotes, workers, lanes and the watch over them."""
