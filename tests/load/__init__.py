"""Many learners at once, over real connections to a real server; see docs/load.md."""
