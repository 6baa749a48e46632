"""The dataset in a browser: pages over the snapshot, read-only, each fact with the sentence it stands in.

``create_app(dataset)`` in :mod:`pipeline.explorer.app` makes the web application; ``congdoan explore`` serves it.
"""
