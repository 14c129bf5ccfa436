"""Reports: what was approved, frozen into one snapshot, rendered, sealed, stored by its hash and never edited.

`compose` gathers the snapshot, `render` turns a snapshot into a PDF and reads nothing else, `issue` seals and stores it,
`verify` tells anyone whether a file is one of ours. A correction is a new version that supersedes the earlier one.
"""
