"""Who may change what: the rules that changes carry with them, a module for what each is asked of."""
