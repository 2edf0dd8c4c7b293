"""Training of Higgins packs: acoustic model, scorer, lexicon, G2P, and the pack that holds them."""
