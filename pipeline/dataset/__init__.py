"""Tables on disk: schema, Parquet shards, manifest, DuckDB snapshot, queries. Imports nothing above itself."""
