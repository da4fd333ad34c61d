"""The record: what was done, in an order nobody can change unseen.

``entry`` one act and its canonical bytes (``canonical``); ``chain`` and ``tree`` bind the entries of a log; ``note``
is a signed checkpoint of it; ``statement`` is what people sign and ``keys`` what they sign with; ``seal`` keeps personal
data out; ``bundle`` is the file that carries it all to whoever doubts. Pure: no database, no clock, no network.
"""
