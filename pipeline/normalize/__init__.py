"""Surface → canonical value: pure functions, no Doc."""
