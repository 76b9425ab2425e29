"""The commands of bot-train, a file each: its options (`add`) and what it does (`run`)."""
