"""`make bench`: the server's work over HTTP beside the same work as raw SQL, in one run. See docs/benchmarks.md."""
