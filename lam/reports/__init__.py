"""Reports on how well texts are read: a page, its figures and its pictures."""
