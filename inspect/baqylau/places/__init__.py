"""Places: the register of places of deprivation of liberty and of the authorities that answer for them.

Also the conflicts of interest that monitors declare about a place (PEC 36(3), 43(3)): whoever has one stays away.
"""
