"""One module per printed form: `build(document) -> Sheet`. Pure: contract object in, tree out."""
