"""Signing people in at the national identity provider (OpenID Connect); passwords are for staff alone."""
