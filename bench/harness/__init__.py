"""The benchmark of Backdesk; `bench/run` starts it."""
