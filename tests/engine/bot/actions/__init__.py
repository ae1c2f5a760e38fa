"""Actions of the test bot. COUNT_FILE names a file that each run of `action_count` lengthens."""
