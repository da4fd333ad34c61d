"""The data of each kind of paper: frozen, plain, complete. One module per stage of an election."""
