"""The demo: an installation with councils, places, visits and a sealed report, made through the program's own actions.

Everything in it is invented. `./dev demo` makes it in `instance/demo` and serves it.
"""
