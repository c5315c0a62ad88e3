"""Business rules as pure functions: working calendar, deadlines, periods."""
