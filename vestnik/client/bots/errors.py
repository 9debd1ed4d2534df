"""What a command of a bot may raise, so that whoever has called it is told."""


class CommandError(Exception):
    """A command cannot be done, for a reason that is told to whoever has called it: the text of the error."""


class BadCall(Exception):
    """A command was called wrongly: the `name` of the sentence that says how, and its `values`."""

    def __init__(self, name: str, **values: str) -> None:
        super().__init__(name)
        self.name = name
        self.values = values
