"""The invented company that the product is shown on: half a year of its work, done by the product's own services.

Everybody and everything in it is made up: names, tax numbers of tax offices that do not exist, telephone numbers that
are given to nobody, mail addresses under `.example`. The same day gives the same company.
"""
