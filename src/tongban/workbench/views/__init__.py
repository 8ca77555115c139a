"""The workbench's pages: parse, call, render."""
