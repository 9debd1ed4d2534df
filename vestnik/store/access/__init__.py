"""The store's methods, one class for each family: which query is asked of a reader, which change of the writer."""
