"""Teaching the bot: reads labelled utterances, fits, calibrates, measures and writes a model."""
