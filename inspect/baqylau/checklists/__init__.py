"""The room of the instruments: what is asked on a visit, of whom, and what the law and the standards expect.

It loads and checks forms/<slug>/v<N>.yaml, decides which items are asked, computes values and compares answers with
limits. Item ids are stable across versions and never used again for another question.
"""
