"""Service items, bundles, packs and the plan made from them."""
