"""The console: pages for people, rendered on the server, without a build step or another host.

A JSON route returns everything that a page shows, and the pages work without JavaScript.
"""
