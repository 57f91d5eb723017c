"""Pages for those who build pages."""

from django.urls import path

from chatsvg.styleguide import views

urlpatterns = [
    path("styleguide", views.show, name="styleguide"),
    path("styleguide/tokens.css", views.stylesheet, name="styleguide-tokens"),
]
