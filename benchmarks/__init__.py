"""`make bench`: the server's hot paths over HTTP beside the same work as raw SQL, in one run."""
