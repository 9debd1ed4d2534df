"""Accounts, logins and contacts of the store."""

from collections.abc import Collection

from vestnik.chat.storage.accounts import AccountRecord, Credentials, TokenLogin
from vestnik.store.access.base import Access
from vestnik.store.queries import accounts


class AccountAccess(Access):
    """`vestnik.chat.storage.accounts.AccountStorage`, and what an administrator has changed."""

    async def find_account(self, key: str) -> AccountRecord | None:
        """The account whose name has this key."""
        return await self._read(accounts.find_account, key)

    async def find_accounts(self, keys: Collection[str]) -> dict[str, AccountRecord]:
        """Those accounts whose names have one of these keys, by key."""
        return await self._read(accounts.find_accounts, keys)

    async def initials(self) -> list[str]:
        """The first characters of all accounts' names."""
        return await self._read(accounts.initials)

    async def last_revision(self) -> int:
        """The revision of the newest change to an account."""
        return await self._read(accounts.last_revision)

    async def changed_accounts(self, since: int) -> list[accounts.AccountState]:
        """Accounts that an administrator changed after revision `since`."""
        return await self._read(accounts.changed_accounts, since)

    async def credentials(self, key: str, since: float) -> Credentials | None:
        """The account and its logins that were used after `since`."""
        return await self._read(accounts.credentials, key, since)

    async def token_login(self, token_hash: str, since: float) -> TokenLogin | None:
        """The login with this token, if it was used after `since`."""
        return await self._read(accounts.token_login, token_hash, since)

    async def begin_login(self, account_id: int, token_hash: str | None, now: float) -> int:
        """Keep a new login; its number."""
        since = now - self._login_lifetime
        return await self._change(accounts.begin_login, account_id, token_hash, now, since)

    async def touch_login(self, account_id: int, login_id: int | None, now: float) -> None:
        """Note that a login was used now."""
        await self._change(accounts.touch_login, account_id, login_id, now)

    async def end_login(self, account_id: int, login_id: int | None) -> None:
        """Forget a login."""
        await self._change(accounts.end_login, account_id, login_id)

    async def contacts(self, account_id: int) -> list[str]:
        """Names of an account's contacts, sorted."""
        return await self._read(accounts.contacts, account_id)

    async def add_contact(self, account_id: int, contact_id: int) -> None:
        """Keep a contact."""
        await self._change(accounts.add_contact, account_id, contact_id)

    async def remove_contact(self, account_id: int, contact_id: int) -> bool:
        """Forget a contact; whether there was one."""
        return await self._change(accounts.remove_contact, account_id, contact_id)
