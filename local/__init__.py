"""The embedded local cloud: real engines and small stand-ins behind the endpoints of Google Cloud.

Production code never imports this package, and no image carries it.
"""
