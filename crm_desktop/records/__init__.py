"""The card of one record: typed content, drafts, saving, two versions compared field by field."""
