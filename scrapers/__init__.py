"""From a URL, a file or an archive to clean Articles. Imports nothing else of ours."""
