"""One page's question each: reads that know nothing of HTTP and write nothing."""
