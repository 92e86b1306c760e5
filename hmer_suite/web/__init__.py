"""The web application: a page to write on, a page that scores, a page of runs, and the JSON API of all three.

`hmer_suite.web.app.create_app` makes the ASGI application that ``hmer-suite serve`` runs. Requests are checked against
`hmer_suite.web.limits.Limits` before anything is decoded, work is done in processes that may be killed at any time
(`hmer_suite.web.workers`), and nothing that users send is kept.
"""
