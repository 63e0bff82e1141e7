// The room's first test follows.
