"""What botocore presigns requests with, which has no body of its own."""

import hashlib

from botocore.auth import SigV4QueryAuth


class Presigner(SigV4QueryAuth):
    """Signs a body that goes with the address; botocore would put its members into the query."""

    def __init__(self, body, *arguments, **options):
        super().__init__(*arguments, **options)
        self._body = body

    def payload(self, request):
        return hashlib.sha256(self._body).hexdigest()
