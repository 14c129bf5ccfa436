"""Seal finished PDF files with the installation's own key, and tell whether a file still is what was sealed.

Pure functions over bytes and certificates: the only files touched are the installation's keys, and nothing here
asks the network or the clock. The seal is PAdES B-B (ETSI EN 319 142-1) with a certification that allows no changes
(ISO 32000-1, 12.8.2.2); it shows tampering to ordinary readers and is not a person's legal signature.
"""
