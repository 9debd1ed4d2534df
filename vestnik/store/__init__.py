"""What is kept: the schema and its migrations, the queries, the single writer and the readers."""
