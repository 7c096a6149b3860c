"""The commands of ``bihuan``: one file each, imported only when it is called; they parse, call a verb and print."""
