"""Speed and memory, as ratios against a peer in the same run. Run by hand (`make bench`); no test depends on time."""
