"""Cost as the work grows: rows, steps, threads, memory, the first step and so on."""
