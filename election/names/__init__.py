"""Names: stroke order, pinyin for searching, identity numbers, cleaning and masking. Pure, floor 1."""
