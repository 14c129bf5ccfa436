"""Pages of signing in and of one's own account; each adds its views to `blueprint`.

The list of people shows memberships as well, so it lies above, in `councils.people_pages`.
"""

from baqylau.accounts.blueprint import blueprint
from baqylau.accounts.pages import account, confirm, sign_in

__all__ = ["account", "blueprint", "confirm", "sign_in"]
