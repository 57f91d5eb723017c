"""People."""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models, transaction
from django.db.models.functions import Lower
from uuid_utils.compat import uuid7

from accounts.signals import user_registered


class People(BaseUserManager["User"]):
    """Finds and makes users by e-mail, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())

    def create_user(self, email: str, password: str | None = None, **fields) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    @transaction.atomic
    def create_superuser(self, email: str, password: str | None = None, **fields) -> "User":
        """For `manage.py createsuperuser`: a person like any other, wallet included."""
        user = self.create_user(email, password, is_staff=True, is_superuser=True, **fields)
        user_registered.send(self.model, user=user)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A person. The e-mail is the name they sign in with, stored in lower case."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=100)
    avatar = models.CharField(
        max_length=500, blank=True, default="", help_text="an address, or a path of ours"
    )
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    email_verified_at = models.DateTimeField(null=True, blank=True)
    terms_accepted_at = models.DateTimeField(null=True, blank=True)
    terms_accepted_ip = models.GenericIPAddressField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True, blank=True, help_text="nobody any more")

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = People()

    class Meta:
        verbose_name, verbose_name_plural = "person", "people"
        permissions = [("suspend_user", "Can keep people out and let them in")]
        indexes = [  # the desk's filters
            models.Index(fields=["-id"], name="user_staff", condition=models.Q(is_staff=True)),
            models.Index(
                fields=["-id"], name="user_not_active", condition=models.Q(is_active=False)
            ),
        ]
        constraints = [
            # with the unique index this means: once, in any case
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="user_email_in_lower_case"
            ),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def picture(self) -> str:
        """The path of an uploaded picture. Our pages load nothing from elsewhere, so a provider's
        picture is none for them: they show an initial."""
        return self.avatar if self.avatar.startswith("/") else ""

    @property
    def shown_name(self) -> str:
        """The name, or the start of the e-mail where there is none: never empty."""
        return self.name or self.email.partition("@")[0]
