"""Electronic licences: identifiers, status, versions, signatures."""
