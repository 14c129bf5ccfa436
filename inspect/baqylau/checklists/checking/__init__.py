"""What can be wrong in a checklist's file, and how a person is told.

yamltree reads the writing and its lines, wording puts the schema's refusals into words, structure looks at ids, fields,
limits and standards, meaning at the expressions. Each gives findings; loading turns them into faults with lines.
"""
