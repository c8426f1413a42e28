"""Tables of courses and questions, as `portal.sheets` reads and writes them."""
