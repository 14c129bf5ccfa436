"""Jobs: long work done outside the request, one row each, so that its state can be seen, left and found again.

A job is a row first, committed with the act that asks for it, and is queued after the commit; the queue is Huey.
"""
